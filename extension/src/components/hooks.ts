// React and Lumino together.
import type { ISignal } from '@lumino/signaling';
import { useEffect, useReducer, useState } from 'react';

import type { Client } from '../api/client';

/** Draw again when one of these signals is emitted. */
export function useSignals(...signals: ISignal<unknown, unknown>[]): void {
  const [, draw] = useReducer((count: number) => count + 1, 0);
  useEffect(() => {
    signals.forEach(signal => signal.connect(draw));
    return () => {
      signals.forEach(signal => signal.disconnect(draw));
    };
  }, signals);
}

/** The time, in milliseconds, renewed every so many. */
export function useNow(interval = 30_000): number {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => {
      setNow(Date.now());
    }, interval);
    return () => {
      clearInterval(timer);
    };
  }, [interval]);
  return now;
}

/** The address of a picture that only we may read, once it is there. `version`: another one has another picture. */
export function usePicture(
  client: Client,
  path: string | null,
  version?: number
): string | null {
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    if (path === null) {
      return;
    }
    const leaving = new AbortController();
    let made: string | null = null;
    client
      .send(`${client.base}/${path}`, { signal: leaving.signal })
      .then(async response => {
        made = URL.createObjectURL(await response.blob());
        setUrl(made);
      })
      .catch(() => {
        setUrl(null);
      });
    return () => {
      leaving.abort();
      if (made !== null) {
        URL.revokeObjectURL(made);
      }
    };
  }, [client, path, version]);
  return url;
}

/** A value, once it has been the same for a while. */
export function useSettled<T>(value: T, milliseconds = 250): T {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => {
      setSettled(value);
    }, milliseconds);
    return () => {
      clearTimeout(timer);
    };
  }, [value, milliseconds]);
  return settled;
}
