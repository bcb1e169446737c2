import { useEffect, useState } from 'preact/hooks';

/** A value that components follow. */
export class Store<Value> {
  #value: Value;
  readonly #listeners = new Set<() => void>();

  constructor(value: Value) {
    this.#value = value;
  }

  get value(): Value {
    return this.#value;
  }

  set(value: Value): void {
    if (value !== this.#value) {
      this.#value = value;
      for (const listener of this.#listeners) {
        listener();
      }
    }
  }

  /** Calls back at every change until the result is called. */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }
}

/** The store's value; the component is drawn again when it changes. */
export function useStore<Value>(store: Store<Value>): Value {
  const [value, set] = useState(store.value);
  useEffect(() => {
    set(store.value);
    return store.listen(() => set(store.value));
  }, [store]);
  return value;
}
