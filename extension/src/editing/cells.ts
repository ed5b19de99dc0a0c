// Whose each cell is, told while somebody types. Pure.
export type Owner = 'generated' | 'edited' | 'added';

/** `generated`: the sources by id, as the version was generated. */
export function ownerOf(
  id: string,
  source: string,
  generated: ReadonlyMap<string, string>
): Owner {
  const before = generated.get(id);
  if (before === undefined) {
    return 'added';
  }
  return before === source ? 'generated' : 'edited';
}
