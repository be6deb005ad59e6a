/* What the pages do: one form each, and on the home page who is signed in. No answer and no address is ever read as HTML. */

/** Undefined where the server cannot be reached. */
async function ask(method, path, { body, headers } = {}) {
  const content = body && { 'Content-Type': 'application/json' };
  const asked = { method, headers: { Accept: 'application/json', ...content, ...headers }, body: body && JSON.stringify(body) };
  return fetch(path, asked).catch(() => undefined);
}

const bodyOf = (answer) => answer.json().catch(() => ({}));

function startForm(form) {
  const texts = JSON.parse(form.dataset.texts);
  const summary = form.querySelector('[role=alert]');
  const button = form.querySelector('button');
  const shows = form.querySelector('.shows input');
  const { operation, then, token: needsToken } = form.dataset;
  let busy = false;

  const tokenInAddress = () => location.hash.slice(1);
  const inputOf = (name) => [...form.elements].find((element) => element.name === name && element.type !== 'hidden');

  function say(field, text) {
    const input = field === undefined ? undefined : inputOf(field);
    if (!input) return void (summary.textContent = text);
    input.setAttribute('aria-invalid', 'true');
    document.getElementById(`${input.id}-problem`).textContent = text;
  }

  function forget() {
    summary.textContent = '';
    for (const problem of form.querySelectorAll('.problem')) problem.textContent = '';
    for (const input of form.querySelectorAll('[aria-invalid]')) input.removeAttribute('aria-invalid');
  }

  function lookForToken() {
    forget();
    if (needsToken !== undefined && location.hash.length < 2) say(undefined, texts.incomplete);
  }

  function content() {
    const said = Object.fromEntries(new FormData(form));
    if (needsToken !== undefined) said.token = tokenInAddress();
    // What is no address is what the administrator has given in its place.
    const name = 'names' in form.dataset ? said.email?.trim() : undefined;
    if (name && !name.includes('@')) {
      delete said.email;
      said.loginIdentifier = name;
    }
    return said;
  }

  async function refused(answer) {
    const { error = {} } = await bodyOf(answer);
    const { code, details = [] } = error;
    for (const { field, code: why } of details) say(field === 'loginIdentifier' ? 'email' : field, texts[why] ?? texts.wrong);
    if (details.length === 0) {
      const seconds = answer.headers.get('Retry-After');
      const text = texts[code] ?? texts.failed;
      say(undefined, code === 'RATE_LIMIT_EXCEEDED' && seconds !== null ? texts.wait.replace('{seconds}', seconds) : text);
    }
    (form.querySelector('[aria-invalid]') ?? button).focus();
  }

  async function done() {
    // The link is used up; it need not stay in the address.
    history.replaceState(null, '', location.pathname + location.search);
    if (then !== undefined) {
      const me = await ask('GET', '/api/v1/auth/me');
      if (me?.status === 401) return say(undefined, texts.noCookie);
      return location.assign(then);
    }
    const outcome = document.getElementById('outcome');
    for (const before of document.querySelectorAll('[data-before]')) before.hidden = true;
    outcome.hidden = false;
    outcome.focus();
  }

  form.noValidate = true;
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    if (busy) return;
    lookForToken();
    if (summary.textContent !== '') return;
    busy = true;
    button.setAttribute('aria-disabled', 'true');
    const answer = await ask('POST', operation, { body: content() });
    if (answer === undefined) say(undefined, texts.unreachable);
    else if (answer.ok) await done();
    else await refused(answer);
    busy = false;
    button.removeAttribute('aria-disabled');
  });
  shows?.addEventListener('change', () => {
    document.getElementById('password').type = shows.checked ? 'text' : 'password';
  });
  addEventListener('hashchange', lookForToken);
  lookForToken();
}

/** A page in another language is about the same link. */
function keepFragment(link) {
  link.addEventListener('click', () => {
    link.hash = location.hash;
  });
}

async function showSession(place) {
  const answer = await ask('GET', '/api/v1/auth/me');
  const { data } = answer?.ok ? await bodyOf(answer) : {};
  if (!data?.user) return;
  const { user, customer, csrf_token: csrfToken } = data;
  const name = document.createElement('strong');
  name.textContent = user.full_name || user.email || `${user.id}`;
  const who = document.createElement('span');
  who.append('Signed in as ', name, customer.name ? `, ${customer.name}` : '');
  const button = document.createElement('button');
  button.textContent = 'Sign out';
  const problem = document.createElement('span');
  problem.className = 'problem';
  problem.setAttribute('role', 'alert');
  const signedOut = [...place.childNodes];
  button.addEventListener('click', async () => {
    const left = await ask('POST', '/api/v1/auth/logout', { headers: { 'X-CSRF-Token': csrfToken } });
    if (left === undefined || !(left.ok || left.status === 401)) {
      problem.textContent = left === undefined ? 'The server cannot be reached.' : 'That did not work. Sign in again, then sign out.';
      return;
    }
    place.replaceChildren(...signedOut);
    place.querySelector('a').focus();
  });
  place.replaceChildren(who, button, problem);
}

const form = document.querySelector('form[data-operation]');
if (form) startForm(form);
for (const link of document.querySelectorAll('a[hreflang]')) keepFragment(link);
const session = document.getElementById('session');
if (session) void showSession(session);
