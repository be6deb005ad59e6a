/** Stands in an answer in place of what whoever asks may not see: it is printed as null, and named in `meta.hidden`. */
export const hiddenValue: Readonly<{ toJSON: () => null }> = Object.freeze({ toJSON: () => null });

/** The paths of what is hidden in an answer, without indices, in their order: `total_costs.parts` (contract, part 4, S82). */
export function hiddenPaths(data: unknown): string[] {
  const paths = new Set<string>();
  visit(data, '', paths);
  return [...paths].sort();
}

function visit(value: unknown, path: string, paths: Set<string>): void {
  if (value === hiddenValue) paths.add(path);
  else if (Array.isArray(value)) for (const item of value as unknown[]) visit(item, path, paths);
  else if (typeof value === 'object' && value !== null)
    for (const [name, inner] of Object.entries(value)) visit(inner, path === '' ? name : `${path}.${name}`, paths);
}
