import type { OpenApi, Operation } from './openapi.ts';
import { schemaText } from './schema-text.ts';
import { style } from './style.ts';

const escape = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');

const WHO: Record<string, string> = {
  anyone: 'anyone',
  local: 'this machine',
  viewer: 'every account',
  user: 'users',
  admin: 'administrators',
  owner: 'the owner',
};

const whoOf = (operation: Operation): string =>
  `${WHO[operation['x-who']] ?? operation['x-who']}${operation['x-scope'] ? `, keys with ${operation['x-scope']}` : ''}`;

const block = (title: string, text: string): string => `<h4>${title}</h4><pre>${escape(text)}</pre>`;

const parametersText = (operation: Operation, api: OpenApi): string =>
  (operation.parameters ?? [])
    .map(({ name, in: where, required, schema }) => `${name}${required ? '' : '?'}: ${schemaText(schema, api.components.schemas)}   in the ${where}`)
    .join('\n');

const bodyText = (operation: Operation, api: OpenApi): string =>
  Object.entries(operation.requestBody?.content ?? {})
    .map(([type, { schema }]) => (type === 'application/json' ? schemaText(schema, api.components.schemas) : type))
    .join('\n');

const answersText = (operation: Operation, api: OpenApi): string =>
  Object.entries(operation.responses)
    .filter(([status]) => status !== 'default')
    .map(([status, { description, content }]) => {
      const [type, { schema } = { schema: undefined }] = Object.entries(content ?? {})[0] ?? [];
      if (!schema) return `${status}  ${description}`;
      return `${status}  ${type === 'application/json' ? schemaText(schema, api.components.schemas) : type}`;
    })
    .join('\n');

const operationHtml = (method: string, path: string, operation: Operation, api: OpenApi): string => {
  const parameters = parametersText(operation, api);
  const body = bodyText(operation, api);
  return `<details id="${operation.operationId}">
<summary><span class="method">${method.toUpperCase()}</span> <code>${escape(path)}</code> <span class="what">${escape(operation.summary)}</span> <span class="who">${escape(whoOf(operation))}</span></summary>
${parameters ? block('Parameters', parameters) : ''}${body ? block('Body', body) : ''}${block('Answer', answersText(operation, api))}
</details>`;
};

/** The whole API on one page: no script, no outside resource. */
export const renderPage = (api: OpenApi): string => {
  const groups = new Map<string, string[]>();
  for (const [path, methods] of Object.entries(api.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      const tag = operation.tags[0]!;
      groups.set(tag, [...(groups.get(tag) ?? []), operationHtml(method, path, operation, api)]);
    }
  }
  const names = [...groups.keys()].sort();
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark">
<title>Arasul: the HTTP API</title><style>${style}</style></head>
<body><main><h1>The HTTP API</h1>
<p>Sign in with <code>POST /api/v1/auth/login</code> and send <code>Authorization: Bearer &lt;accessToken&gt;</code>, or make an API key. Errors are <code>{ "error": { "code", "message", "details"?, "requestId" } }</code>. Lists take <code>limit</code> and <code>cursor</code>. Times are ISO 8601 in UTC, sizes bytes, durations milliseconds. The same as data: <a href="/api/v1/openapi.json">openapi.json</a>.</p>
<nav>${names.map((name) => `<a href="#group-${name}">${escape(name)}</a>`).join(' ')}</nav>
${names.map((name) => `<section><h2 id="group-${name}">${escape(name)}</h2>${groups.get(name)!.join('\n')}</section>`).join('\n')}
</main></body></html>`;
};
