/**
 * A line of RFC 4180 CSV. A field that a spreadsheet would run as a formula gets an apostrophe before it
 * (OWASP, "CSV injection").
 */
export const csvLine = (fields: readonly (string | null)[]): string => `${fields.map(csvField).join(',')}\r\n`;

const csvField = (value: string | null): string => {
  if (value === null) return '';
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};
