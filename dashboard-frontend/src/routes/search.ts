/** What an address may carry, read without trust: a value of the wrong kind is as good as none. */
type Search = Record<string, unknown>;

export const text = <Name extends string>(search: Search, name: Name): { [Key in Name]?: string } => {
  const value = search[name];
  const given = typeof value === 'number' ? String(value) : value;
  return typeof given === 'string' && given !== '' ? ({ [name]: given } as { [Key in Name]?: string }) : {};
};

export const whole = <Name extends string>(search: Search, name: Name): { [Key in Name]?: number } => {
  const value = Number(search[name]);
  return Number.isSafeInteger(value) && value > 0 ? ({ [name]: value } as { [Key in Name]?: number }) : {};
};

/** A day of the calendar, such as 2026-03-01. */
export const day = <Name extends string>(search: Search, name: Name): { [Key in Name]?: string } => {
  const value = search[name];
  return typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value) && !Number.isNaN(Date.parse(value))
    ? ({ [name]: value } as { [Key in Name]?: string })
    : {};
};

export const oneOf = <Name extends string, Value extends string>(search: Search, name: Name, values: readonly Value[]): { [Key in Name]?: Value } => {
  const value = values.find((each) => each === search[name]);
  return value === undefined ? {} : ({ [name]: value } as unknown as { [Key in Name]?: Value });
};
