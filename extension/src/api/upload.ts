// A file that is sent to the server. By XMLHttpRequest, as fetch does not tell how much has been sent.
import type { ServerConnection } from '@jupyterlab/services';

import { refusalOf, unreachable } from './errors';
import type { Upload } from './nouns';

export interface ISending {
  /** Called with the bytes that were sent so far. */
  onSent?: (bytes: number) => void;
  signal?: AbortSignal;
}

/** Rejects as Client.send does. */
export async function upload(
  url: string,
  file: Blob,
  settings: ServerConnection.ISettings,
  { onSent, signal }: ISending = {}
): Promise<Upload> {
  const request = new XMLHttpRequest();
  const answer = new Promise<Response>((resolve, reject) => {
    request.upload.onprogress = ({ loaded }) => onSent?.(loaded);
    request.onload = () => {
      resolve(responseOf(request));
    };
    request.onerror = () => {
      reject(unreachable());
    };
    request.onabort = () => {
      reject(new DOMException('It was cancelled.', 'AbortError'));
    };
  });
  request.open('POST', url);
  for (const [name, value] of headersOf(settings)) {
    request.setRequestHeader(name, value);
  }
  signal?.addEventListener('abort', () => {
    request.abort();
  });
  request.send(file);
  const response = await answer;
  if (!response.ok) {
    throw await refusalOf(response);
  }
  return (await response.json()) as Upload;
}

function responseOf(request: XMLHttpRequest): Response {
  const { status, statusText, responseText } = request;
  const seconds = request.getResponseHeader('Retry-After');
  const headers: HeadersInit =
    seconds === null ? {} : { 'Retry-After': seconds };
  return new Response(responseText, { status, statusText, headers });
}

/** As ServerConnection.makeRequest has them: the token, and the value of the XSRF cookie. */
function headersOf(settings: ServerConnection.ISettings): [string, string][] {
  const xsrf = /(?:^|;\s*)_xsrf=([^;]*)/.exec(document.cookie)?.[1];
  return [
    ['Content-Type', 'application/octet-stream'],
    ...(settings.token
      ? [['Authorization', `token ${settings.token}`] as [string, string]]
      : []),
    ...(xsrf ? [['X-XSRFToken', xsrf] as [string, string]] : [])
  ];
}
