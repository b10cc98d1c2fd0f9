import { z } from 'zod';
import { didYouMean } from './did-you-mean.ts';

/** An object that refuses unknown keys by their path, with the name that was probably meant. `prefix` is put before the path. */
export const strictly = <Shape extends z.ZodRawShape>(shape: Shape, prefix: readonly string[] = []) =>
  z.strictObject(shape, {
    error: (issue) => {
      if (issue.code !== 'unrecognized_keys') return undefined;
      const sentences = issue.keys.map((key) => {
        const meant = didYouMean(key, Object.keys(shape));
        return `\`${[...prefix, ...(issue.path ?? []), key].join('.')}\` is not known.${meant === undefined ? '' : ` Did you mean \`${meant}\`?`}`;
      });
      return sentences.join(' ');
    },
  });
