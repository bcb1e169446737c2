import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Settings } from '../api.ts';
import { Empty, Failure } from '../parts/basics.tsx';
import { useAsked } from '../use-asked.ts';

/** The settings as a new session of this role has them. */
export function SettingsPage(): JSX.Element {
  const { body, failure } = useAsked<Settings>('/api/settings');
  const [words, setWords] = useState('');
  const shown = (body?.settings ?? []).filter(({ name, description }) => `${name} ${description}`.toLowerCase().includes(words.toLowerCase()));
  return (
    <section>
      <h1>Settings</h1>
      <p class="soft">
        As a new session of this role has them: SET changes them for a session, ALTER ROLE ... SET for a role. A bold value is not the default.
      </p>
      <div class="bar">
        <label class="inline grow">
          Search <input type="search" value={words} onInput={(event) => setWords(event.currentTarget.value)} />
        </label>
      </div>
      {failure === null ? null : <Failure failure={failure} />}
      {body === null ? (
        <Empty>Asking …</Empty>
      ) : (
        <div class="scroll" tabIndex={0} role="group" aria-label="Settings">
          <table>
            <thead>
              <tr>
                <th scope="col">Setting</th>
                <th scope="col">Value</th>
                <th scope="col">Default</th>
                <th scope="col">Meaning</th>
              </tr>
            </thead>
            <tbody>
              {shown.map(({ name, value, defaultValue, description }) => (
                <tr key={name}>
                  <td>
                    <code>{name}</code>
                  </td>
                  <td>{value === defaultValue ? value : <b>{value}</b>}</td>
                  <td>{defaultValue}</td>
                  <td class="text">{description}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
