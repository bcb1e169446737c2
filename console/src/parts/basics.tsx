import type { ComponentChildren, JSX } from 'preact';
import type { ApiFailure, QueryFailure } from '../api.ts';
import { useState } from 'preact/hooks';

/** A state in words and colour, with a sign for those who see no colour. */
export function State({ state }: { readonly state: string }): JSX.Element {
  const sign = { running: '▶', finished: '✓', failed: '✕', canceled: '⊘', waiting: '…', stopped: '⊘', queued: '…', ready: '✓', draining: '⊘' }[state] ?? '';
  return (
    <span class={`state state-${state}`}>
      <span aria-hidden="true">{sign}</span> {state}
    </span>
  );
}

/** A figure with its name. */
export function Figure({ name, children }: { readonly name: string; readonly children: ComponentChildren }): JSX.Element {
  return (
    <div class="figure">
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** An error of a query or of the API. */
export function Failure({ failure }: { readonly failure: QueryFailure | ApiFailure }): JSX.Element {
  const { sqlstate, message, detail, hint }: QueryFailure = 'failure' in failure ? failure.failure : failure;
  return (
    <div class="failure" role="alert">
      <strong>{sqlstate === '' ? 'ERROR' : `ERROR ${sqlstate}`}</strong> {message}
      {detail === undefined ? null : <p>DETAIL: {detail}</p>}
      {hint === undefined ? null : <p>HINT: {hint}</p>}
    </div>
  );
}

/** SQL to be read and copied. */
export function Sql({ text, label }: { readonly text: string; readonly label: string }): JSX.Element {
  const [copied, setCopied] = useState(false);
  const copy = (): void => {
    void navigator.clipboard?.writeText(text).then(() => {
      setCopied(true);
      return setTimeout(() => setCopied(false), 1500);
    });
  };
  return (
    <div class="sql">
      <button type="button" class="quiet" onClick={copy}>
        {copied ? 'Copied' : 'Copy'}
      </button>
      <pre tabIndex={0} aria-label={label}>
        {text}
      </pre>
    </div>
  );
}

/** What is shown while nothing is known yet, or nothing is there. */
export function Empty({ children }: { readonly children: ComponentChildren }): JSX.Element {
  return <p class="empty">{children}</p>;
}
