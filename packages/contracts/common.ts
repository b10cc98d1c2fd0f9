import { z } from 'zod';

/** A UUID as every public id is written. */
export const id = z.uuid();

/** An instant, ISO 8601 in UTC. */
export const instant = z.iso.datetime({ offset: true });

/** Query of every list: `limit` rows after the opaque `cursor` of the page before. */
export const pageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().max(500).optional(),
});
export type PageQuery = z.infer<typeof pageQuery>;

/** A page of a list; `nextCursor` is null on the last page. */
export const page = <Item extends z.ZodType>(item: Item) => z.object({ items: z.array(item), nextCursor: z.string().nullable() });
export interface Page<Item> {
  items: Item[];
  nextCursor: string | null;
}

/** Path parameters of a route with one id. */
export const byId = z.object({ id });

/**
 * A rectangle on a page: `page` is 1-based, the rest are fractions (0..1) of the page's
 * width and height with the origin at the top left.
 */
export const box = z.object({
  page: z.number().int().min(1),
  x: z.number(),
  y: z.number(),
  w: z.number(),
  h: z.number(),
});
export type Box = z.infer<typeof box>;
