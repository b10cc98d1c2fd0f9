import { describe, expect, test } from 'vitest';
import { createSearchIndex } from './search-index.ts';

/** A small office's papers: short, in two languages, with tables, codes and names. Each text is one passage. */
const LIBRARY: Readonly<Record<string, readonly [language: string, text: string]>> = {
  'lease.md': ['en', 'The lease of the Lisbon office ends on 31 March 2027. Either party may terminate it with six months’ notice.'],
  'mietvertrag.md': ['de', 'Der Mietvertrag für das Büro in Köln läuft bis Ende 2028. Die Kündigungsfrist beträgt drei Monate zum Quartalsende.'],
  'reisekosten.md': ['de', 'Die Erstattung von Reisekosten wird binnen vierzehn Tagen überwiesen. Belege sind der Abrechnung beizufügen.'],
  'pump.md': ['en', 'Spare parts for pump PX-4471/B: seal kit 88-1203, impeller 88-1207. Torque the housing bolts to 24 Nm.'],
  'pump-c.md': ['en', 'Spare parts for pump PX-4471/C: seal kit 88-1303, impeller 88-1307. Torque the housing bolts to 26 Nm.'],
  'prices.csv': ['en', 'Article | Price 2023 | Price 2024\nEspresso beans, 1 kg | 17.60 | 18.90\nOat milk, 1 l | 1.95 | 2.10'],
  'minutes.txt': ['en', 'Dr. Okonkwo-Bauer proposed to postpone the maintenance of the cooling tower. O’Neill objected.'],
  'invoice.txt': ['en', 'Invoice 2024-0087 of Müller & Söhne GmbH: 1,234,567.89 euros, payable within 30 days.'],
  'memo.txt': ['en', 'Parking: bay 12 only.'],
  'policy.md': ['en', 'Data are retained for ten years. Personal records are erased after the statutory period.'],
};

const index = createSearchIndex();
for (const [id, [language, text]] of Object.entries(LIBRARY)) index.add(id, 'w', [{ id, contentHash: 'aa', text, contextHeader: id, language }]);

const first = (query: string): string | undefined => index.search({ workspaceId: 'w', scope: 'everything', query, mode: 'words', limit: 3 }).candidates[0]?.id;

describe.each<[level: string, cases: readonly (readonly [question: string, expected: string])[]]>([
  [
    'easy: the words of the text',
    [
      ['When does the lease of the Lisbon office end?', 'lease.md'],
      ['Wie lange läuft der Mietvertrag in Köln?', 'mietvertrag.md'],
      ['Where may I park? parking bay', 'memo.txt'],
      ['cooling tower maintenance', 'minutes.txt'],
    ],
  ],
  [
    'medium: other forms of the words',
    [
      ['terminating leases', 'lease.md'],
      ['retaining personal data', 'policy.md'],
      ['Which bolt torques hold for the housing of PX-4471/C?', 'pump-c.md'],
      ['Belege bei Abrechnungen', 'reisekosten.md'],
      ['okonkwo', 'minutes.txt'],
      ['oneill', 'minutes.txt'],
    ],
  ],
  [
    'exact: codes, numbers and names',
    [
      ['PX-4471/B', 'pump.md'],
      ['px4471b seal kit', 'pump.md'],
      ['88-1307', 'pump-c.md'],
      ['invoice 2024-0087', 'invoice.txt'],
      ['1234567.89', 'invoice.txt'],
      ['1.234.567,89 Euro', 'invoice.txt'],
      ['Mueller Söhne', 'invoice.txt'],
      ['price of oat milk in 2024', 'prices.csv'],
      ['"ten years"', 'policy.md'],
    ],
  ],
  [
    'hard: slips, compounds, umlauts in other letters',
    [
      ['maintainance of the cooling tower', 'minutes.txt'],
      ['Lisobn office', 'lease.md'],
      ['tremination notice lease', 'lease.md'],
      ['Frist für die Kündigung', 'mietvertrag.md'],
      ['Reisekostenerstattung', 'reisekosten.md'],
      ['Kuendigungsfrist', 'mietvertrag.md'],
      ['Mietvertag', 'mietvertrag.md'],
    ],
  ],
])('%s', (_level, cases) => {
  test.each(cases)('%s', (question, expected) => expect(first(question)).toBe(expected));
});

test('a number or a code that nobody has is not taken for one that is like it', () => {
  const found = index.search({ workspaceId: 'w', scope: 'everything', query: '88-1308', mode: 'words', limit: 3 });
  expect(found.evidence.words).toBeLessThan(1);
});
