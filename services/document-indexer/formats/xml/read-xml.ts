import { SaxesParser } from 'saxes';
import { detectEncoding } from '../encoding.ts';
import { UnreadableDocument } from '../format.ts';

/** Attributes by their full names, and by their names without prefix where that says which one is meant. */
export type Attributes = Readonly<Record<string, string>>;

/** Called in document order. Element names come without their prefix. */
export interface XmlHandler {
  open?(name: string, attributes: Attributes): void;
  close?(name: string): void;
  text?(text: string): void;
}

/** No honest document nests its elements deeper; each level costs the walkers memory. */
const MAX_DEPTH = 1_000;

const localOf = (name: string): string => name.slice(name.indexOf(':') + 1);

const namesWithout = (attributes: Readonly<Record<string, string>>): Attributes => {
  const named: Record<string, string> = {};
  for (const [name, value] of Object.entries(attributes)) {
    named[name] = value;
    // `r:id` points elsewhere while `id` is the element's own.
    if (!name.startsWith('r:') && !name.startsWith('xmlns')) named[localOf(name)] ??= value;
  }
  return named;
};

const broken = (detail: string): UnreadableDocument =>
  new UnreadableDocument(
    'document_broken',
    `The file is damaged: a part of it is not well-formed XML (${detail}). Save it again with the program it comes from.`,
  );

/**
 * Reads XML as it comes, and lets go after each piece of the stream, so that a caller can take what the handler has gathered.
 * Entities are never defined, resolved or fetched: a document that declares some is refused. Throws `document_unsafe`, `document_broken`.
 */
export async function* walkXml(stream: AsyncIterable<Uint8Array>, { open, close, text }: XmlHandler): AsyncGenerator<void, void> {
  const parser = new SaxesParser({ xmlns: false, position: false });
  let depth = 0;
  parser.on('doctype', (doctype) => {
    if (/<!(?:ENTITY|ATTLIST|ELEMENT)/iu.test(doctype))
      throw new UnreadableDocument(
        'document_unsafe',
        'The file declares entities of its own, which can grow without bound or fetch other files (an “XML bomb”). It was not read.',
      );
  });
  parser.on('error', (error) => {
    throw broken(error.message.replace(/\.$/u, ''));
  });
  parser.on('opentag', ({ name, attributes }) => {
    if (++depth > MAX_DEPTH)
      throw new UnreadableDocument('document_unsafe', `The file nests its elements more than ${MAX_DEPTH} deep, as no program does. It was not read.`);
    open?.(localOf(name), namesWithout(attributes));
  });
  parser.on('closetag', ({ name }) => {
    depth--;
    close?.(localOf(name));
  });
  if (text !== undefined) {
    parser.on('text', text);
    parser.on('cdata', text);
  }
  let decoder: TextDecoder | undefined;
  try {
    for await (const chunk of stream) {
      decoder ??= new TextDecoder(detectEncoding(chunk));
      parser.write(decoder.decode(chunk, { stream: true }));
      yield;
    }
    parser.write(decoder?.decode() ?? '');
    parser.close();
    yield;
  } catch (error) {
    if (error instanceof UnreadableDocument) throw error;
    throw broken(error instanceof Error ? error.message : String(error));
  }
}

/** Reads XML to its end. */
export const readXml = async (stream: AsyncIterable<Uint8Array>, handler: XmlHandler): Promise<void> => {
  const walk = walkXml(stream, handler);
  while (!(await walk.next()).done);
};

/** The walk of a stack of elements: whether one of them is open, and how deep. */
export const countOpen = () => {
  const open = new Map<string, number>();
  return {
    enter: (name: string): void => void open.set(name, (open.get(name) ?? 0) + 1),
    leave: (name: string): void => void open.set(name, Math.max(0, (open.get(name) ?? 0) - 1)),
    isIn: (name: string): boolean => (open.get(name) ?? 0) > 0,
  };
};
