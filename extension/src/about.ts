// What the server says about itself: its version, and where dashboards are looked at.
import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';

export interface IAbout {
  version: string;
  /** The address of the viewer; null while none runs. */
  viewer: string | null;
}

/**
 * Ask the server extension. Goes through ServerConnection, which knows the
 * base URL, the token and the XSRF cookie.
 *
 * Rejects with a ServerConnection.ResponseError or NetworkError, or with an
 * Error when the answer is not one of ours.
 */
export async function fetchAbout(
  settings: ServerConnection.ISettings
): Promise<IAbout> {
  const url = URLExt.join(settings.baseUrl, 'dashwright', 'about');
  const response = await ServerConnection.makeRequest(url, {}, settings);
  if (!response.ok) {
    throw await ServerConnection.ResponseError.create(response);
  }
  return parseAbout(await response.json());
}

/** Only http(s) addresses become links: the answer ends in an `href`. */
export function parseAbout(answer: unknown): IAbout {
  if (typeof answer !== 'object' || answer === null) {
    throw new Error('The server did not answer with an object.');
  }
  const { version, viewer } = answer as Record<string, unknown>;
  if (typeof version !== 'string') {
    throw new Error('The server did not say its version.');
  }
  const isAddress = typeof viewer === 'string' && /^https?:\/\//.test(viewer);
  return { version, viewer: isAddress ? viewer : null };
}
