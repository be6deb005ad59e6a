/**
 * The playground asks for the key before it opens: it loads the schema at once, which without a key is refused, and its own place for headers
 * is hard to find. The key is kept in the browser's tab and nowhere else.
 */
export const keyForm = `<dialog id="ask-key" aria-labelledby="ask-key-title"><form id="key-form">
  <h1 id="ask-key-title">Millwright: GraphQL</h1>
  <label for="key">API key</label>
  <input id="key" type="password" autocomplete="off" required autofocus />
  <label for="entity">Site (X-Entity-Id)</label>
  <input id="entity" type="number" min="1" value="1" required />
  <p id="key-problem" role="alert"></p>
  <button>Open the playground</button>
  <p>The administrator's key was printed at the first start, or is the one in ADMIN_API_KEY. The schema alone needs no key:
  <a href="/api/v1/graphql/schema" target="_blank">/api/v1/graphql/schema</a></p>
</form></dialog>`;

export const style = `#ask-key { color-scheme: light dark; width: min(22rem, 90vw); padding: 0; border: 0; border-radius: 8px; background: Canvas; color: CanvasText; box-shadow: 0 8px 40px #0006; }
#ask-key::backdrop { background: #2d3436; }
#key-form { box-sizing: border-box; width: 100%; padding: 24px; font: 15px/1.4 system-ui, sans-serif; }
#key-form h1 { margin: 0 0 16px; font-size: 20px; }
#key-form label { display: block; margin: 12px 0 4px; }
#key-form input { box-sizing: border-box; width: 100%; padding: 8px; border: 1px solid GrayText; border-radius: 4px; font: inherit; }
#key-form button { padding: 8px 16px; border: 0; border-radius: 4px; background: #1f6f4a; color: #fff; font: inherit; cursor: pointer; }
#key-form p { margin: 12px 0; font-size: 13px; }
#key-form a { color: LinkText; overflow-wrap: anywhere; }
#key-problem { min-height: 1.4em; color: light-dark(#b00020, #ff8a80); }
#key-form :focus-visible { outline: 3px solid light-dark(#1f6f4a, #6fd3a3); outline-offset: 2px; }
/* On a telephone the answer stands below the query and the menu at the bottom; the address, which is fixed here, makes room for the button. */
@media (max-width: 640px) {
  .main-container-inner { flex-direction: column !important; }
  .app-side-menu { order: 1; }
  .side-menu__main { flex-direction: row; justify-content: space-around; padding: 0; border-top: 1px solid rgba(var(--rgb-theme-border), 0.7); }
  .side-menu__main-bottom { margin: 0; }
  .side-menu-divider, .url-box__method-wrapper, .url-box__input-container, .header__actions li:first-child { display: none; }
  .side-menu-item { flex: none; width: 50px; }
  .side-menu-item-submenu { top: auto !important; bottom: 100%; left: auto !important; right: 0; }
  .app-window { min-height: 0; }
  .url-box__input-actions { flex: 1; }
  .send-request__button { white-space: nowrap; }
  .main-content-row as-split { display: flex !important; flex-direction: column !important; }
  .main-content-row as-split > as-split-area { flex: 1 1 0; min-height: 0; width: 100%; }
  .main-content-row as-split > :is(.as-hidden, .as-split-gutter), .side-menu-item-label { display: none !important; }
}
`;

export const start = `const dialog = document.querySelector('#ask-key');
const field = (name) => dialog.querySelector('#' + name);
const remembered = (name) => { try { return sessionStorage.getItem('millwright-' + name); } catch { return null; } };
const remember = (name, value) => { try { sessionStorage.setItem('millwright-' + name, value); } catch {} };

const headersOf = (key, entity) => ({ Authorization: 'Bearer ' + key, 'X-Entity-Id': entity });

async function problemWith(key, entity) {
  if (!/^[\\x21-\\x7e]+$/.test(key)) return 'A key has visible ASCII characters only.';
  const headers = { ...headersOf(key, entity), 'Content-Type': 'application/json' };
  const asked = { method: 'POST', headers, body: JSON.stringify({ query: '{ __typename }' }) };
  const answer = await fetch('/api/v1/graphql', asked).catch(() => undefined);
  if (answer === undefined) return 'The server cannot be reached.';
  if (answer.ok) return undefined;
  if (answer.status === 401) return 'This server does not know the key.';
  if (answer.status === 404) return 'There is no such site for this key.';
  return (await answer.json()).message;
}

function open(key, entity) {
  AltairGraphQL.init({
    endpointURL: '/api/v1/graphql',
    initialName: 'Millwright',
    initialHeaders: headersOf(key, entity),
    initialQuery: '{\\n  workOrders(first: 10, sort: "id desc") {\\n    totalCount\\n    nodes { id title status { name } totalCosts { total } }\\n  }\\n}\\n',
    initialSettings: { 'request.withCredentials': false, theme: 'system', 'banners.disable': true },
    disableAccount: true,
    preserveState: false,
  });
}

async function tryToOpen(key, entity) {
  const problem = await problemWith(key, entity);
  field('key-problem').textContent = problem ?? '';
  if (problem !== undefined) return false;
  remember('key', key);
  remember('entity', entity);
  dialog.close();
  open(key, entity);
  return true;
}

dialog.addEventListener('cancel', (event) => event.preventDefault());
field('key-form').addEventListener('submit', (event) => {
  event.preventDefault();
  void tryToOpen(field('key').value.trim().replace(/^(Bearer|Token)\\s+/i, ''), field('entity').value);
});
const known = remembered('key');
if (known === null || !(await tryToOpen(known, remembered('entity') ?? '1'))) dialog.showModal();
`;
