import tseslint from 'typescript-eslint';

/** `layer` may not import what matches `banned`: the arrows of docs/ARCHITECTURE.md, made to fail the build. */
const boundary = (layer, message, ...banned) => ({
  files: [`${layer}/**/*.ts`],
  rules: {
    '@typescript-eslint/no-restricted-imports': [
      'error',
      { patterns: [{ regex: banned.join('|'), message: `${message} See docs/ARCHITECTURE.md, Arrows.` }] },
    ],
  },
});

const vscode = '^vscode$';
const node = '^(node:|fs$|path$|os$|crypto$|worker_threads$|child_process$)';
const sql = '^sql\\.js';
const all = [
  'importers',
  'pricing',
  'bills',
  'notes',
  'tags',
  'projects',
  'discovery',
  'budgets',
  'exporters',
  'sqlite',
  'store',
  'ingest',
  'journal',
  'worker',
  'host',
];
/** Every folder of src/ but the layer itself and those it may use. */
const allBut = (...allowed) => `(^|/)(${all.filter((name) => !allowed.includes(name)).join('|')})(/|$)`;

export default tseslint.config(
  { ignores: ['dist', 'out', 'node_modules', 'test/fixtures'] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: {
      parserOptions: {
        project: ['./tsconfig.json', './webview/tsconfig.json'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'separate-type-imports' }],
      '@typescript-eslint/require-await': 'off',
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 50, skipBlankLines: true, skipComments: true }],
      complexity: ['error', 12],
      'no-console': 'error',
      'no-restricted-exports': ['error', { restrictDefaultExports: { direct: true } }],
    },
  },
  boundary(
    'src/shared',
    'shared/ runs everywhere: it imports only itself and luxon.',
    vscode,
    node,
    sql,
    allBut(),
  ),
  boundary(
    'src/importers',
    'An importer knows its format and SourceIo.',
    vscode,
    node,
    sql,
    allBut('importers'),
  ),
  boundary('src/pricing', 'Pricing is arithmetic.', vscode, node, sql, allBut('pricing')),
  boundary(
    'src/bills',
    'A bill is text that becomes lines; of pricing it uses the names of models.',
    vscode,
    node,
    sql,
    allBut('bills', 'pricing'),
    'pricing/(?!modelNames)',
  ),
  boundary('src/budgets', 'Budgets are arithmetic.', vscode, node, sql, allBut('budgets')),
  boundary('src/notes', 'Notes are text.', vscode, node, sql, allBut('notes')),
  boundary('src/exporters', 'An exporter turns rows into text.', vscode, node, sql, allBut('exporters')),
  boundary('src/sqlite', 'sqlite/ reads and writes bytes.', vscode, allBut('sqlite')),
  boundary(
    'src/store',
    'The store knows rows, not where they come from or go to.',
    vscode,
    node,
    allBut('store', 'sqlite', 'pricing', 'notes', 'tags', 'projects'),
  ),
  boundary(
    'src/ingest',
    'Ingest runs without VS Code.',
    vscode,
    allBut('ingest', 'importers', 'store', 'sqlite', 'bills'),
  ),
  boundary('src/journal', 'The journal is lines on disk.', vscode, sql, allBut('journal', 'notes')),
  boundary('src/discovery', 'Discovery looks at folders.', vscode, sql, allBut('discovery')),
  boundary(
    'src/worker',
    'The worker runs without VS Code.',
    vscode,
    sql,
    allBut(
      'budgets',
      'discovery',
      'worker',
      'ingest',
      'store',
      'journal',
      'pricing',
      'notes',
      'sqlite',
      'exporters',
      'importers',
      'bills',
    ),
  ),
  boundary(
    'src/host',
    'The host asks the worker by protocol; it never runs SQL or parses files.',
    sql,
    allBut('host', 'budgets', 'exporters', 'tags', 'notes'),
  ),
  boundary(
    'webview',
    'The webview shares only src/shared with the host.',
    vscode,
    node,
    sql,
    'src/(?!shared/)',
    'papaparse',
    'genai-prices',
  ),
  {
    files: ['test/**/*.ts'],
    rules: {
      'max-lines-per-function': 'off',
      '@typescript-eslint/no-floating-promises': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      'no-console': 'off',
    },
  },
);
