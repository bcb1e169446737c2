/**
 * The outcome of work that only reads and takes no signal of its own (translating, binding), or the signal's reason as soon
 * as it is aborted: a cancelled statement does not wait for a plan that nobody wants.
 */
export function whileWanted<T>(signal: AbortSignal, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
    };
    if (signal.aborted) {
      onAbort();
    } else {
      signal.addEventListener('abort', onAbort, { once: true });
    }
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
