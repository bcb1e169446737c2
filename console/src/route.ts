import { Store } from './store.ts';

/** The page that is shown, from the part of the address after #: `#/queries/ID`. */
export const route = new Store<readonly string[]>(readRoute());

function readRoute(): readonly string[] {
  return location.hash
    .replace(/^#\/?/, '')
    .split('/')
    .filter((part) => part !== '')
    .map(decodeURIComponent);
}

/** The address of a page. */
export function href(...parts: readonly string[]): string {
  return `#/${parts.map(encodeURIComponent).join('/')}`;
}

/** Goes to a page. */
export function go(...parts: readonly string[]): void {
  location.hash = href(...parts);
}

addEventListener('hashchange', () => {
  route.set(readRoute());
});
