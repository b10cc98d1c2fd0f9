type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** JSON with sorted keys and nothing between the tokens: the one way to write a value, so that a flipped bit anywhere shows. */
export const canonicalJson = (value: unknown): string => {
  const write = (one: Json): string => {
    if (Array.isArray(one)) return `[${one.map(write).join(',')}]`;
    if (one !== null && typeof one === 'object') {
      const keys = Object.keys(one).sort();
      return `{${keys.map((key) => `${JSON.stringify(key)}:${write(one[key]!)}`).join(',')}}`;
    }
    return JSON.stringify(one);
  };
  return write(JSON.parse(JSON.stringify(value)) as Json);
};
