import js from '@eslint/js';
import tseslint from 'typescript-eslint';

export default tseslint.config(
  { ignores: ['dist/', '.cache/', 'artefacts/', 'node_modules/', 'packages/db/schema.ts', '**/fixtures/'] },
  js.configs.recommended,
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [tseslint.configs.recommended],
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { attributes: false } }],
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/no-unnecessary-type-assertion': 'error',
      '@typescript-eslint/consistent-type-imports': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'max-lines': ['error', { max: 500, skipBlankLines: false }],
      'no-console': 'error',
      // Text from files holds control characters; taking them out is what those expressions are for.
      'no-control-regex': 'off',
    },
  },
  {
    // The environment is read once, in one place of each service.
    files: ['packages/**/*.ts', 'services/**/*.ts'],
    ignores: ['**/config.ts', 'packages/kit/**', '**/*.test.ts', 'services/launcher/**'],
    rules: { 'no-restricted-properties': ['error', { object: 'process', property: 'env', message: 'Read the environment in config.ts.' }] },
  },
  {
    files: ['**/*.test.ts', '**/*.test.tsx', 'test/**/*.ts'],
    rules: { 'no-restricted-properties': ['error', { object: 'vi', property: 'mock', message: 'Real parts; fakes only at the edge of the world.' }] },
  },
  {
    files: ['scripts/**', 'test/**', 'services/launcher/**', 'services/*/cli/**'],
    rules: { 'no-console': 'off' },
  },
  {
    files: ['dashboard-frontend/public/*.js'],
    languageOptions: { globals: { localStorage: 'readonly', matchMedia: 'readonly', document: 'readonly', navigator: 'readonly' } },
  },
  {
    files: ['**/*.mjs', '**/*.js', '**/*.cjs'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        Buffer: 'readonly',
        URL: 'readonly',
        setTimeout: 'readonly',
        clearTimeout: 'readonly',
        module: 'readonly',
      },
    },
    rules: { 'no-console': 'off' },
  },
);
