import { isLanguage, languages, type Language, type PageName, type Words } from './words.js';

/** A field of a form: `name` is that of the operation's body; with `rules`, what a password has to be is told before it is typed. */
type Field = Readonly<{
  name: string;
  label: 'name' | 'email' | 'emailOrLogin' | 'password' | 'newPassword';
  attributes: string;
  rules?: true;
}>;

type Page = Readonly<{
  /** What the form is sent to. */
  operation: string;
  fields: readonly Field[];
  /** What stands behind the `#` of the address goes along as `token`. */
  needsToken?: true;
  /** Who comes in is taken there; left out, the page says what came of it. */
  then?: string;
  ways: readonly PageName[];
}>;

const login: Field = {
  name: 'email',
  label: 'emailOrLogin',
  attributes: 'type="text" inputmode="email" autocomplete="username" autocapitalize="none" spellcheck="false" autofocus',
};
const chosen: Field = {
  name: 'password',
  label: 'password',
  attributes: 'type="password" autocomplete="new-password" autofocus',
  rules: true,
};

/** By the last part of the path below `/app/`. */
const pages: Readonly<Record<PageName, Page>> = {
  sign_in: {
    operation: '/api/v1/auth/login',
    fields: [login, { name: 'password', label: 'password', attributes: 'type="password" autocomplete="current-password"' }],
    then: '/',
    ways: ['forgot_password'],
  },
  setup: {
    operation: '/api/v1/auth/setup',
    fields: [
      { name: 'name', label: 'name', attributes: 'type="text" autocomplete="name" autofocus' },
      { name: 'email', label: 'email', attributes: 'type="email" autocomplete="username" autocapitalize="none" spellcheck="false"' },
      chosen,
    ],
    needsToken: true,
    then: '/',
    ways: [],
  },
  invitation: { operation: '/api/v1/auth/accept_invitation', fields: [chosen], needsToken: true, then: '/', ways: ['sign_in'] },
  forgot_password: { operation: '/api/v1/auth/forgot_password', fields: [login], ways: ['sign_in'] },
  reset_password: {
    operation: '/api/v1/auth/reset_password',
    fields: [{ ...chosen, label: 'newPassword' }],
    needsToken: true,
    ways: ['sign_in'],
  },
};

export const pageNames = Object.keys(pages) as readonly PageName[];

/** The language that is asked for: by `?lang`, else by the browser, else English. */
export function languageOf(wanted: unknown, weights: ReadonlyMap<string, number>): Language {
  if (typeof wanted === 'string' && isLanguage(wanted)) return wanted;
  const weighted = [...weights].map(([tag, weight]) => ({ tag: tag.split('-', 1)[0] ?? '', weight }));
  const known = weighted.filter(({ tag, weight }) => isLanguage(tag) && weight > 0).sort((one, other) => other.weight - one.weight);
  return known.map(({ tag }) => tag).find(isLanguage) ?? 'en';
}

/** A page as HTML. @param assets the addresses of its style and script @param isChosen that the language was asked for, and goes along with links @param hasIssuer that one can sign in there */
export function pageOf(
  name: PageName,
  language: Language,
  { assets, isChosen, hasIssuer }: Readonly<{ assets: Readonly<{ style: string; script: string }>; isChosen: boolean; hasIssuer: boolean }>,
): string {
  const words: Words = languages[language];
  const { title, about, outcome } = words.pages[name];
  const suffix = isChosen ? `?lang=${language}` : '';
  const ways = pages[name].ways.map(
    (way) => `<a href="/app/${way}${suffix}">${way === 'sign_in' ? words.toSignIn : words.toForgotten}</a>`,
  );
  if (hasIssuer && name === 'sign_in') ways.unshift(`<a href="/api/v1/auth/oidc/start">${words.toIssuer}</a>`);
  const others = Object.entries(languages)
    .filter(([tag]) => tag !== language)
    .map(([tag, { language: called }]) => `<a href="/app/${name}?lang=${tag}" hreflang="${tag}" lang="${tag}">${called}</a>`);
  return framed({
    ...{ language, title, style: assets.style, script: assets.script },
    content: `<h1>${title}</h1>
      ${about && `<p data-before>${about}</p>`}
      <noscript><p class="problem">${words.noScript}</p></noscript>
      ${formOf(name, words)}
      <p id="outcome" role="status" tabindex="-1" hidden>${outcome}</p>
      ${ways.length === 0 ? '' : waysTo(ways)}
      <footer>${others.join('')}</footer>`,
  });
}

/** A page that says why somebody does not come in by the issuer, and leads to where he signs in. @param why the code of the refusal, or its reason */
export function refusalPageOf(why: string, language: Language, style: string): string {
  const { refusal, toSignIn } = languages[language];
  const texts: Readonly<Record<string, string>> = refusal.texts;
  const text = Object.hasOwn(texts, why) ? texts[why] : languages[language].answers.failed;
  return framed({
    ...{ language, title: refusal.title, style },
    content: `<h1>${refusal.title}</h1>
      <p role="alert">${text}</p>
      ${waysTo([`<a href="/app/sign_in">${toSignIn}</a>`])}`,
  });
}

const waysTo = (links: readonly string[]): string => `<nav class="ways">${links.join('')}</nav>`;

type Frame = Readonly<{ language: Language; title: string; style: string; script?: string; content: string }>;

const framed = ({ language, title, style, script, content }: Frame): string => `<!doctype html>
<html lang="${language}">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>${title} – Millwright</title>
    <link rel="icon" type="image/svg+xml" href="/favicon.ico" />
    <link rel="stylesheet" href="${style}" />${script === undefined ? '' : `\n    <script type="module" src="${script}"></script>`}
  </head>
  <body>
    <main class="narrow">
      <header><img src="/favicon.ico" width="40" height="40" alt="" /><span>Millwright</span></header>
      ${content}
    </main>
  </body>
</html>
`;

/** The browser itself never sends it (the policy forbids that): a password would stand in an address. */
function formOf(name: PageName, words: Words): string {
  const { operation, fields, needsToken, then } = pages[name];
  const facts = [
    `data-operation="${operation}"`,
    `data-texts="${escaped(JSON.stringify(words.answers))}"`,
    ...(needsToken ? ['data-token'] : []),
    ...(then === undefined ? [] : [`data-then="${then}"`]),
    ...(fields.includes(login) ? ['data-names'] : []),
  ];
  const shows = fields.some(({ name: field }) => field === 'password')
    ? `<label class="shows"><input type="checkbox" aria-controls="password" />${words.show}</label>`
    : '';
  return `<form method="post" data-before ${facts.join(' ')}>
        <p class="problem" role="alert"></p>
        ${then === undefined ? '' : '<input type="hidden" name="session" value="cookie" />'}
        ${fields.map((field) => fieldOf(field, words)).join('\n        ')}
        ${shows}
        <button>${words.pages[name].button}</button>
      </form>`;
}

function fieldOf({ name, label, attributes, rules }: Field, words: Words): string {
  const hint = rules ? `<p class="hint" id="${name}-hint">${words.rules}</p>` : '';
  const described = [...(hint ? [`${name}-hint`] : []), `${name}-problem`].join(' ');
  return `<div class="field">
          <label for="${name}">${words[label]}</label>
          ${hint}
          <input id="${name}" name="${name}" ${attributes} required aria-describedby="${described}" />
          <p class="problem" id="${name}-problem" aria-live="polite"></p>
        </div>`;
}

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
