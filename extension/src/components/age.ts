// How long ago something was, in words of the user's language.
const UNITS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_557_600],
  ['month', 2_629_800],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60]
];

/** As in "2 hours ago" or, with `narrow`, "2h ago"; "now" for less than a minute. */
export function relative(
  time: string,
  now: number,
  locale: string | undefined,
  style: Intl.RelativeTimeFormatStyle = 'long'
): string {
  const seconds = (Date.parse(time) - now) / 1000;
  const form = new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style });
  for (const [unit, length] of UNITS) {
    if (Math.abs(seconds) >= length) {
      return form.format(Math.trunc(seconds / length), unit);
    }
  }
  return form.format(0, 'second');
}

/** The moment itself, as the user's language writes it. */
export function exact(time: string, locale: string | undefined): string {
  return new Intl.DateTimeFormat(locale, {
    dateStyle: 'medium',
    timeStyle: 'short'
  }).format(new Date(time));
}

/** The language of the page, where it is one that a browser knows. */
export function pageLocale(): string | undefined {
  const { lang } = document.documentElement;
  try {
    return lang ? Intl.getCanonicalLocales(lang)[0] : undefined;
  } catch {
    return undefined;
  }
}
