/**
 * The paths of all routes, kept beside Fastify's router for two questions it does not answer:
 * which methods a path has (405 with `Allow`), and how a segment is really spelled (`work-orders` is `work_orders`).
 */
export class KnownPaths {
  private readonly routes = new Map<string, Set<string>>();
  /** Segments with an underscore, each with its place in the path: what stands where a route has a parameter is left alone. */
  private readonly segments = new Set<string>();
  private matchers: { segments: readonly string[]; methods: ReadonlySet<string> }[] | undefined;

  add(method: string, pattern: string): void {
    const methods = this.routes.get(pattern) ?? new Set<string>();
    methods.add(method);
    this.routes.set(pattern, methods);
    for (const [place, segment] of pattern.split('/').entries())
      if (segment.includes('_') && !segment.startsWith(':')) this.segments.add(`${place} ${segment}`);
    this.matchers = undefined;
  }

  /** The methods of a path as a client wrote it, sorted; empty where there is no such path. */
  methodsOf(path: string): string[] {
    // What has a path of its own is no record: those with a parameter answer there that there is none.
    const literal = this.routes.get(path);
    if (literal) return [...literal].sort();
    this.matchers ??= [...this.routes].map(([pattern, methods]) => ({ segments: segmentsOf(pattern), methods }));
    const wanted = segmentsOf(path);
    const found = new Set<string>();
    for (const { segments, methods } of this.matchers) if (matches(segments, wanted)) for (const method of methods) found.add(method);
    return [...found].sort();
  }

  /** The URL with hyphens in place of underscores put right, in segments that a route has; ids and the query stay as they are. */
  normalised(url: string): string {
    const end = url.search(/[?#]/);
    const path = end < 0 ? url : url.slice(0, end);
    if (!path.includes('-')) return url;
    const segments = path.split('/').map((segment, place) => {
      const underscored = segment.replaceAll('-', '_');
      return this.segments.has(`${place} ${underscored}`) ? underscored : segment;
    });
    return segments.join('/') + (end < 0 ? '' : url.slice(end));
  }
}

const segmentsOf = (path: string): string[] => (path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path).split('/');

/** Patterns have literal segments, `:name` for one, and a final `*` for the rest. */
function matches(pattern: readonly string[], path: readonly string[]): boolean {
  if (pattern.at(-1) === '*') return false;
  return (
    pattern.length === path.length &&
    pattern.every((segment, index) => (segment.startsWith(':') ? (path[index] ?? '') !== '' : segment === path[index]))
  );
}
