// Whether what is typed can be an address, a domain or an origin; the server has the last word.
import type { TranslationBundle } from '@jupyterlab/translation';

const DOMAIN =
  /^(?=.{3,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/i;
const MAIL = /^[^\s@/]{1,64}@[^\s@/]+$/;
const ORIGIN =
  /^https?:\/\/(\[[0-9a-f:]+\]|[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?)(:\d{1,5})?\/?$/i;

/** Of a link's password, as the server asks for. */
export const SHORTEST_PASSWORD = 10;

/** What is wrong with somebody to share with: an e-mail address or a domain; null: nothing. */
export function faultOfWhom(
  text: string,
  trans: TranslationBundle
): string | null {
  const whom = text.trim();
  if (whom === '') {
    return trans.__('Write an e-mail address, or a domain.');
  }
  if (whom.replace(/^@/, '').includes('@')) {
    return MAIL.test(whom)
      ? null
      : trans.__('"%1" is no e-mail address.', whom);
  }
  return DOMAIN.test(whom.replace(/^@/, ''))
    ? null
    : trans.__(
        '"%1" is neither an e-mail address, as in ada@example.org, nor a domain, as in example.org.',
        whom
      );
}

export function faultOfOrigin(
  text: string,
  trans: TranslationBundle
): string | null {
  return ORIGIN.test(text.trim())
    ? null
    : trans.__(
        'Write the beginning of an address without a path, as in https://intranet.example.org.'
      );
}

export function faultOfPassword(
  text: string,
  trans: TranslationBundle
): string | null {
  return text === '' || text.length >= SHORTEST_PASSWORD
    ? null
    : trans.__('At least %1 characters.', SHORTEST_PASSWORD);
}

/** Seconds until the end of a day here (`2026-12-01`), or what is wrong with it. */
export function secondsUntil(
  day: string,
  now: number,
  trans: TranslationBundle
): { seconds: number | null; fault: string | null } {
  const end = new Date(`${day}T23:59:59`).getTime();
  if (Number.isNaN(end)) {
    return { seconds: null, fault: trans.__('Choose a day.') };
  }
  const seconds = Math.floor((end - now) / 1000);
  if (seconds < 60) {
    return { seconds: null, fault: trans.__('This day is over already.') };
  }
  if (seconds > 10 * 366 * 86_400) {
    return { seconds: null, fault: trans.__('At most ten years from now.') };
  }
  return { seconds, fault: null };
}

/** What another page needs to show a dashboard in a frame. */
export function embedding(page: string, title: string): string {
  const escaped = (text: string): string =>
    text
      .replaceAll('&', '&amp;')
      .replaceAll('"', '&quot;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;');
  return `<iframe src="${escaped(page)}" title="${escaped(title)}" width="100%" height="800" loading="lazy" style="border: 0"></iframe>`;
}

/** Whether only the machine itself reaches an address. */
export function isLoopback(address: string): boolean {
  const { hostname } = new URL(address);
  return (
    hostname === 'localhost' ||
    hostname === '[::1]' ||
    /^127(\.\d{1,3}){3}$/.test(hostname)
  );
}
