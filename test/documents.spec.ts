import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { buildSchema } from 'graphql';

const inFolder = (folder: string): string[] =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name));
const documents = ['README.md', 'CONTRIBUTING.md', ...inFolder('docs'), ...inFolder('docs/adr')];
const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };

/** A document, and what it has in backticks or in a block that can be pasted. */
const texts = documents.map((document) => {
  const text = readFileSync(document, 'utf8');
  const code = [...text.matchAll(/```\w*\n([^]*?)```|`([^`\n]+)`/g)].map(([, block, span]) => block ?? span ?? '');
  return { document, text, code };
});

/** Every match of a pattern's first group in the code of all documents, with the document for the message. */
const mentioned = (pattern: RegExp): (readonly [document: string, name: string])[] =>
  texts.flatMap(({ document, code }) =>
    code.flatMap((piece) => [...piece.matchAll(pattern)].map(([, name = '']) => [document, name] as const)),
  );

describe('what the documents name', () => {
  it('are scripts that exist', () => {
    const names = mentioned(/\bnpm run (?:--silent )?([\w:-]+(?:<\w+>)?)/g);
    expect(names.length).toBeGreaterThan(20);
    const exists = (name: string): boolean =>
      Object.keys(scripts).some((script) => (name.endsWith('>') ? script.startsWith(name.replace(/<.*/, '')) : script === name));
    expect(names.filter(([, name]) => !exists(name))).toEqual([]);
  });

  it('are files that exist', () => {
    const paths = mentioned(/(?:^|[\s(=])((?:src|libs|test|tools|scripts|docs|examples|\.ci)\/[\w./-]+)(?![\w./-]*[<{*])/g);
    expect(paths.length).toBeGreaterThan(20);
    expect(paths.filter(([, path]) => !existsSync(path))).toEqual([]);
  });

  it('are pages and files that a link finds', () => {
    const links = texts.flatMap(({ document, text }) =>
      [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(
        ([, target = '']) => [document, normalize(join(dirname(document), target))] as const,
      ),
    );
    expect(links.length).toBeGreaterThan(10);
    expect(links.filter(([, target]) => !existsSync(target))).toEqual([]);
  });

  /** As the script has it, behind its build. */
  const run = (command: string, ...args: string[]): { status: number | null; stdout: string; stderr: string } => {
    const [program = '', ...rest] = command.replace(/^npm run --silent build && /, '').split(' ');
    return spawnSync(program, [...rest, ...args], { encoding: 'utf8' });
  };

  const tools = Object.keys(scripts).filter((name) => /^(import|demo|backup|restore|bench|log:copy|fixture:release)$/.test(name));

  it.each(tools)('explains itself: npm run %s', (name) => {
    const { status, stdout, stderr } = run(scripts[name] ?? '', '--help');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(new RegExp(`^npm run ${name}\\b`));
  });

  it.each(
    mentioned(/\b(node (?:dist|scripts)\/\S+)/g).filter(([, command], at, all) => all.findIndex(([, other]) => other === command) === at),
  )('%s: %s runs', (_, command) => {
    // Neither changes anything.
    const { status, stderr } = run(command, command.includes('dist/') ? '--help' : '--check');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });
});

describe('what the schema says', () => {
  it('names no field as REST does', () => {
    const schema = readFileSync('docs/schema.graphql', 'utf8');
    expect(schema.match(/`[a-z][a-z0-9]*_\w*(?=`|: ).{0,40}/g)).toBeNull();
    expect(schema).toContain('`startDate`');
  });
});

describe('what the schema says of mutations', () => {
  const fields = buildSchema(readFileSync('docs/schema.graphql', 'utf8')).getMutationType()?.getFields() ?? {};
  const described = Object.values(fields).map(({ name, description }) => [name, description ?? ''] as const);

  it('begins with what is to be done', () => {
    expect(described.length).toBeGreaterThan(40);
    expect(described.filter(([, text]) => !/^[A-Z][a-z]*[^s\W] /.test(text))).toEqual([]);
  });

  it('names fields as GraphQL does', () => expect(described.filter(([, text]) => /`\w+_\w+`/.test(text))).toEqual([]));

  it('names each code once, with all that it is said for', () => {
    const codesIn = (text: string): string[] => [...text.matchAll(/\b[A-Z]+(?:_[A-Z]+)*\b(?=[,. ])/g)].map(([code]) => code);
    const refusals = described.map(([name, text]) => [name, codesIn(text.replace(/^.* Refused with /, ''))] as const);
    expect(refusals.filter(([, codes]) => codes.length === 0 || new Set(codes).size < codes.length)).toEqual([]);
  });
});

describe('what the OpenAPI document says of what other resources show', () => {
  type Shape = Readonly<{ type?: unknown; properties?: Readonly<Record<string, Shape>> }>;
  const { components } = JSON.parse(readFileSync('docs/openapi.json', 'utf8')) as { components: { schemas: Record<string, Shape> } };

  it('has a type for each property', () => {
    const untyped = Object.entries(components.schemas).flatMap(([name, schema]) =>
      Object.entries(schema.properties ?? {}).flatMap(([property, { properties = {} }]) =>
        Object.entries(properties).flatMap(([shown, shape]) => (Object.keys(shape).length === 0 ? [`${name}.${property}.${shown}`] : [])),
      ),
    );
    expect(untyped).toEqual([]);
    const person = { type: 'object', properties: { surname: { type: ['string', 'null'] } } };
    expect(components.schemas['PartTransaction']?.properties).toMatchObject({ created_by: person, updated_by: person });
  });
});

describe('docs/events.json', () => {
  it('has every event that a decider can append', () => {
    const folders = readdirSync('libs').map((lib) => join('libs', lib, 'src', 'domain'));
    const files = folders.filter(existsSync).flatMap((folder) =>
      readdirSync(folder)
        .filter((name) => name.endsWith('.events.ts'))
        .map((name) => join(folder, name)),
    );
    const declared = files.flatMap((file) => [...readFileSync(file, 'utf8').matchAll(/\bEvent<\s*'(\w+)'/g)].map(([, name = '']) => name));
    const { events } = JSON.parse(readFileSync('docs/events.json', 'utf8')) as { events: object };
    expect(declared.length).toBeGreaterThan(60);
    expect(declared.filter((name) => !(name in events))).toEqual([]);
  });
});
