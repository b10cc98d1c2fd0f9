const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi;

/** The id in what somebody pasted: the id itself, or an address of the dashboard that ends with one; null without. */
export const idIn = (text: string): string | null => text.match(UUID)?.at(-1)?.toLowerCase() ?? null;
