import { readFileSync } from 'node:fs';
import type { Changes } from './real-releases.ts';

/** Releases of the real product that are broken on purpose, each in its own way. */

const before = (file: string, lines: string): string => `${lines}\n${readFileSync(file, 'utf8')}`;

/** Its search finds nothing, and its migrations change what people set and whose vectors serve. */
export const lossOfRecall = (): Changes => ({
  'dist/workers/retrieval-index.js': before(
    'dist/workers/retrieval-index.js',
    "import{parentPort as __port}from'node:worker_threads';const __post=__port.postMessage.bind(__port);__port.postMessage=(m)=>__post(m.value?.candidates?{...m,value:{...m.value,candidates:[]}}:m);",
  ),
  'postgres-init/migrations/9001_newer.sql': '-- Up Migration\ncreate table newer (id int);\n-- Down Migration\ndrop table newer;\n',
  'postgres-init/migrations/9002_newest.sql': `-- Up Migration
create table newest (id int);
delete from app_settings;
update search_models set serving_model = 'another';
-- Down Migration
drop table newest;
`,
});

export const doesNotStart: Changes = { 'dist/launcher.js': "throw new Error('This release was built wrongly.');\n" };

/** All is well for three seconds, again and again. */
export const startsAndDies = (): Changes => ({
  'dist/child.js': before('dist/child.js', "setTimeout(()=>{console.error('out of luck');process.exit(7)},3000);"),
});

export const hangs: Changes = { 'dist/launcher.js': 'setInterval(() => 0, 1000);\nexport const launch = () => new Promise(() => undefined);\n' };

export const breaksAMigration: Changes = {
  'postgres-init/migrations/9003_broken.sql':
    '-- Up Migration\ncreate table half_done (id int);\nalter table no_such_table add column x int;\n-- Down Migration\nselect 1;\n',
};
