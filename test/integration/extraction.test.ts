import { readSheet } from 'read-excel-file/node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ExtractionTable } from '#contracts';
import { startBox, type Box, type Person } from '../support/box.ts';
import { startIndexing, uploaded, whenDocument } from '../support/indexing.ts';

const lease = (place: string, rent: string, notice: string): string => `# Lease of the office in ${place}

Rent: ${rent}

Landlord: =SUM(${place})

Either party may terminate this lease of the ${place} office with ${notice} notice in writing.
`;

describe('fields out of many documents', () => {
  let box: Box;
  let owner: Person;
  let indexing: Awaited<ReturnType<typeof startIndexing>>;
  const ids: string[] = [];

  beforeAll(async () => {
    box = await startBox();
    owner = await box.owner();
    indexing = await startIndexing(box);
    for (const [place, rent, notice] of [
      ['Lisbon', '1,200 euros', 'six months’'],
      ['Porto', '950 euros', 'three months’'],
    ] as const)
      ids.push(await uploaded(box, owner, `${place}.md`, lease(place, rent, notice)));
    ids.push(await uploaded(box, owner, 'menu.md', '# Menu\n\nSoup of the day with bread and butter.\n'));
    for (const id of ids) await whenDocument(box, owner, id);
  });
  afterAll(async () => {
    await indexing.stop();
    await box.stop();
  });

  const request = { fields: [{ name: 'Rent' }, { name: 'Notice', question: 'With what notice may the lease be terminated?' }] };
  const file = async (format: string) => {
    const response = await fetch(`${box.url}/api/v1/extractions/file?format=${format}`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${owner.token}`, 'Content-Type': 'application/json' },
      body: JSON.stringify({ ...request, fields: [...request.fields, { name: 'Landlord' }] }),
    });
    return { type: response.headers.get('content-type'), bytes: Buffer.from(await response.arrayBuffer()) };
  };

  test('every cell is word for word from its document and says where it stands; what is not said stays empty', async () => {
    const { status, body } = await box.request('POST', '/api/v1/extractions', { as: owner, body: request });
    expect(status).toBe(200);
    const table = body as ExtractionTable;
    expect(table).toMatchObject({ fields: ['Rent', 'Notice'], isCut: false });
    const row = (filename: string) => table.rows.find((one) => one.filename === filename)!.cells;
    expect(row('Lisbon.md')[0]).toMatchObject({ value: '1,200 euros', page: 1 });
    expect(row('Porto.md')[0]).toMatchObject({ value: '950 euros' });
    expect(row('Porto.md')[1]!.value).toContain('three months’ notice');
    expect(row('Porto.md')[1]!.quote).toContain(row('Porto.md')[1]!.value);
    expect(row('menu.md')).toEqual([null, null]);
  });

  test('only the named documents, and only what the reader may see', async () => {
    const { body } = await box.request('POST', '/api/v1/extractions', { as: owner, body: { ...request, documentIds: [ids[1]] } });
    expect(body.rows.map(({ filename }: { filename: string }) => filename)).toEqual(['Porto.md']);
    const { body: folders } = await box.request('GET', '/api/v1/folders', { as: owner });
    const folderId = folders.items.find(({ kind }: { kind: string }) => kind === 'private').id;
    expect((await box.request('PATCH', `/api/v1/documents/${ids[1]}`, { as: owner, body: { folderId } })).status).toBe(200);
    const stranger = await box.user('user');
    expect(await box.request('POST', '/api/v1/extractions', { as: stranger, body: { ...request, documentIds: [ids[1]] } })).toMatchObject({ status: 422 });
  });

  test('as CSV, in which nothing is a formula', async () => {
    const { type, bytes } = await file('csv');
    expect(type).toContain('text/csv');
    const lines = bytes.toString('utf8').replace('\uFEFF', '').trimEnd().split('\r\n');
    expect(lines[0]).toBe(
      '"Document","Rent","Rent: page","Rent: source","Notice","Notice: page","Notice: source","Landlord","Landlord: page","Landlord: source"',
    );
    expect(bytes.toString('utf8')).toContain(`"'=SUM(Porto)"`);
    expect(bytes.toString('utf8')).toContain('"1,200 euros","1"');
  });

  test('as XLSX', async () => {
    const { bytes } = await file('xlsx');
    const rows = await readSheet(bytes);
    expect(rows[0]).toEqual(expect.arrayContaining(['Document', 'Rent', 'Notice']));
    expect(rows.find(([document]) => document === 'Lisbon.md')).toEqual(expect.arrayContaining(['1,200 euros', '=SUM(Lisbon)']));
  });
});
