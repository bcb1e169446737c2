import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { ApiFailure, ask } from './api.ts';
import { connection } from './live.ts';

/** What the API said of a path: null until it did. */
export interface Asked<Body> {
  readonly body: Body | null;
  readonly failure: ApiFailure | null;
  /** Asks again. */
  readonly again: () => void;
}

/** Asks the API for a path, again when `again` is called, every `everyMs` where given, and when the gateway came back. */
export function useAsked<Body>(path: string, everyMs?: number): Asked<Body> {
  const [body, setBody] = useState<Body | null>(null);
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const current = useRef(path);
  current.current = path;
  const look = useCallback(async () => {
    try {
      const found = await ask<Body>(path);
      if (current.current === path) {
        setBody(found);
        setFailure(null);
      }
    } catch (error) {
      if (current.current === path && error instanceof ApiFailure && error.status !== 0) {
        setFailure(error);
      }
    }
  }, [path]);
  const again = useCallback(() => void look(), [look]);
  useEffect(() => {
    setBody(null);
    setFailure(null);
    again();
    const timer = everyMs === undefined ? undefined : setInterval(() => document.visibilityState === 'visible' && again(), everyMs);
    const stop = connection.listen(() => connection.value.kind === 'connected' && again());
    return () => {
      clearInterval(timer);
      stop();
    };
  }, [again, everyMs]);
  return { body, failure, again };
}
