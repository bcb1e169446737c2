/** Gives the colours of the style sheet as they are now, for what is drawn on a canvas: light or dark, each looked up once. */
export function readColours(element: Element): (name: string) => string {
  const probe = document.createElement('span');
  element.append(probe);
  const known = new Map<string, string>();
  const read = (name: string): string => {
    probe.style.color = `var(${name})`;
    return getComputedStyle(probe).color;
  };
  queueMicrotask(() => probe.remove());
  return (name) => {
    const colour = known.get(name) ?? read(name);
    known.set(name, colour);
    return colour;
  };
}
