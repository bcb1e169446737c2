import type { JSX } from 'preact';
import { render } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Me } from './api.ts';
import { connect, connection, logout } from './live.ts';
import { ExecutorsPage } from './pages/executors.tsx';
import { LoginPage } from './pages/login.tsx';
import { QueriesPage } from './pages/queries.tsx';
import { QueryPage } from './pages/query.tsx';
import { SettingsPage } from './pages/settings.tsx';
import { SqlPage } from './pages/sql.tsx';
import { TablePage, TablesPage } from './pages/tables.tsx';
import { Empty } from './parts/basics.tsx';
import { href, route } from './route.ts';
import { useStore } from './store.ts';
import './style.css';

const PAGES: readonly (readonly [path: string, name: string])[] = [
  ['queries', 'Queries'],
  ['sql', 'SQL'],
  ['executors', 'Executors'],
  ['tables', 'Tables'],
  ['settings', 'Settings'],
];

function Page(): JSX.Element {
  const [page = 'queries', first, second] = useStore(route);
  switch (page) {
    case 'queries':
      return first === undefined ? <QueriesPage /> : <QueryPage id={first} key={first} />;
    case 'sql':
      return <SqlPage given={first} />;
    case 'executors':
      return <ExecutorsPage />;
    case 'tables':
      return first === undefined || second === undefined ? <TablesPage /> : <TablePage schema={first} name={second} key={`${first}.${second}`} />;
    case 'settings':
      return <SettingsPage />;
    default:
      return <Empty>There is no such page.</Empty>;
  }
}

function App(): JSX.Element {
  const state = useStore(connection);
  const [current = 'queries'] = useStore(route);
  useEffect(() => {
    document.title = `${PAGES.find(([path]) => path === current)?.[1] ?? 'Sluice'} – Sluice`;
  }, [current]);
  if (state.kind === 'login') {
    return <LoginPage reason={state.reason} />;
  }
  const me = state.kind === 'connecting' ? null : state.me;
  return (
    <div class="shell">
      <a class="skip" href="#main" onClick={(event) => (event.preventDefault(), document.querySelector<HTMLElement>('#main')?.focus())}>
        To the content
      </a>
      <header>
        <a class="brand" href={href('queries')}>
          <img src="/icon.svg" alt="" width="26" height="26" /> Sluice
        </a>
        <nav aria-label="Pages">
          {PAGES.map(([path, name]) => (
            <a key={path} href={href(path)} aria-current={current === path ? 'page' : undefined}>
              {name}
            </a>
          ))}
        </nav>
        <Theme />
        {me === null ? null : <Who me={me} />}
      </header>
      {state.kind === 'away' ? (
        <div class="away" role="status">
          The gateway is not reached; trying again …
        </div>
      ) : null}
      <main id="main" tabIndex={-1}>
        {me === null ? <Empty>{state.kind === 'away' ? 'Waiting for the gateway …' : 'Connecting …'}</Empty> : <Page />}
      </main>
    </div>
  );
}

function Who({ me }: { readonly me: Me }): JSX.Element {
  const rights = me.superuser ? 'superuser' : me.seesAll ? 'sees all queries' : 'sees own queries';
  return (
    <span class="who">
      <b>{me.user}</b> <span class="soft">({rights})</span>
      {me.loggedIn ? (
        <button type="button" class="quiet" onClick={() => void logout()}>
          Log out
        </button>
      ) : null}
    </span>
  );
}

const THEMES = ['auto', 'light', 'dark'] as const;

function Theme(): JSX.Element {
  const [theme, setTheme] = useState(localStorage.getItem('sluice-theme') ?? 'auto');
  useEffect(() => {
    localStorage.setItem('sluice-theme', theme);
    document.documentElement.dataset['theme'] = theme;
  }, [theme]);
  return (
    <label class="inline theme">
      <span class="hidden">Colours</span>
      <select value={theme} onChange={(event) => setTheme(event.currentTarget.value)}>
        {THEMES.map((each) => (
          <option key={each} value={each}>
            {each}
          </option>
        ))}
      </select>
    </label>
  );
}

const place = document.querySelector('#console');
if (place !== null) {
  render(<App />, place);
  void connect();
}
