/** What the list of documents can be narrowed to and ordered by, as the address says it. */
export const documentFilters = ['pending', 'indexing', 'indexed', 'failed'] as const;
export type DocumentFilter = (typeof documentFilters)[number];

export const documentSorts = ['newest', 'oldest', 'name', 'size'] as const;
export type DocumentSort = (typeof documentSorts)[number];
