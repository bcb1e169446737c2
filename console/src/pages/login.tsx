import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { ApiFailure, ask } from '../api.ts';
import { connect } from '../live.ts';
import { Failure } from '../parts/basics.tsx';

/** Asks who it is: the roles and passwords are SQL's. */
export function LoginPage({ reason }: { readonly reason: string }): JSX.Element {
  const [user, setUser] = useState('');
  const [password, setPassword] = useState('');
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const [busy, setBusy] = useState(false);
  const login = async (): Promise<void> => {
    setBusy(true);
    try {
      await ask('/api/login', { user, password });
      await connect();
    } catch (error) {
      setFailure(error instanceof ApiFailure ? error : null);
    }
    setBusy(false);
  };
  return (
    <main class="login" id="main">
      <h1>Sluice</h1>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void login();
        }}
      >
        <p class="soft">{reason}. Roles and passwords are those of SQL.</p>
        <label>
          Role
          <input autocomplete="username" required value={user} onInput={(event) => setUser(event.currentTarget.value)} />
        </label>
        <label>
          Password
          <input type="password" autocomplete="current-password" value={password} onInput={(event) => setPassword(event.currentTarget.value)} />
        </label>
        {failure === null ? null : <Failure failure={failure} />}
        <button type="submit" class="primary" disabled={busy}>
          Log in
        </button>
      </form>
    </main>
  );
}
