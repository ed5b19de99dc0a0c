// What the server says about itself, and whether this front end understands it.
import { URLExt } from '@jupyterlab/coreutils';
import type { ServerConnection } from '@jupyterlab/services';

import manifest from '../../../package.json';
import type { Client } from './client';

/** Of this front end. */
export const VERSION = manifest.version;

export interface IAbout {
  version: string;
  /** The address of the viewer; null while none runs. */
  viewer: string | null;
  /** The folder of the server that paths of files begin in; null where they are not files there. */
  root: string | null;
}

/** How the server's version stands to the front end's. */
export type Standing = 'same' | 'older' | 'newer';

/** Rejects with an ApiError, or with an Error when the answer is not one of ours. */
export async function fetchAbout(
  client: Client,
  settings: ServerConnection.ISettings
): Promise<IAbout> {
  const url = URLExt.join(settings.baseUrl, 'dashwright', 'about');
  const response = await client.send(url);
  return parseAbout(await response.json());
}

/** Only http(s) addresses become links: the answer ends in an `href`. */
export function parseAbout(answer: unknown): IAbout {
  if (typeof answer !== 'object' || answer === null) {
    throw new Error('The server did not answer with an object.');
  }
  const { version, viewer, root } = answer as Record<string, unknown>;
  if (typeof version !== 'string') {
    throw new Error('The server did not say its version.');
  }
  const isAddress = typeof viewer === 'string' && /^https?:\/\//.test(viewer);
  return {
    version,
    viewer: isAddress ? viewer : null,
    root: typeof root === 'string' ? root : null
  };
}

/**
 * Compare versions as far as the API may differ: by the first two numbers, since
 * before 1.0 the second tells of breaks, too.
 */
export function standing(server: string, own = VERSION): Standing {
  const [theirs, ours] = [numbers(server), numbers(own)];
  for (const index of [0, 1]) {
    const difference = (theirs[index] ?? 0) - (ours[index] ?? 0);
    if (difference !== 0) {
      return difference < 0 ? 'older' : 'newer';
    }
  }
  return 'same';
}

/** The address of a dashboard's page. */
export function pageOf(viewer: string, slug: string): string {
  return `${viewer.replace(/\/*$/, '/')}d/${encodeURIComponent(slug)}`;
}

/**
 * The same address by the name that this window is reached by, where both are this
 * machine: a browser takes 127.0.0.1 and localhost for two sites, and gives a page in
 * a frame of another site no cookies.
 */
export function besides(page: string, here: string): string {
  const address = new URL(page);
  if (LOOPBACK.includes(address.hostname) && LOOPBACK.includes(here)) {
    address.hostname = here;
  }
  return address.href;
}

const LOOPBACK = ['127.0.0.1', 'localhost'];

function numbers(version: string): number[] {
  return version.split('.').map(part => Number.parseInt(part, 10) || 0);
}
