import eslint from '@eslint/js';
import jupyter from '@jupyter/eslint-plugin';
import globals from 'globals';
import tseslint from 'typescript-eslint';

// Plugin schemas are checked by JupyterLab itself when it loads them.
const isForSchemas = part =>
  part.files.some(pattern => pattern.endsWith('.json'));

export default tseslint.config(
  {
    ignores: [
      '.venv/',
      '.demo/',
      'build/',
      'dist/',
      'extension/lib/',
      'extension/labextension/',
      'extension/src/api/schema.ts',
      'docs/',
      'server/api/documentation/swagger-ui-bundle.js'
    ]
  },
  eslint.configs.recommended,
  {
    files: ['server/api/documentation/*.js'],
    languageOptions: { sourceType: 'script', globals: globals.browser }
  },
  {
    files: ['extension/src/**/*.{ts,tsx}', '*.mts'],
    extends: [
      ...tseslint.configs.strictTypeChecked,
      ...tseslint.configs.stylisticTypeChecked,
      ...jupyter.configs.recommended.filter(part => !isForSchemas(part))
    ],
    plugins: { jupyter },
    languageOptions: {
      globals: globals.browser,
      parserOptions: {
        projectService: true,
        tsconfigRootDir: import.meta.dirname
      }
    },
    rules: {
      '@typescript-eslint/naming-convention': [
        'error',
        {
          selector: 'interface',
          format: ['PascalCase'],
          custom: { regex: '^I[A-Z]', match: true }
        }
      ],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true }
      ],
      // Lumino's `signal.connect(this._method, this)` binds it.
      '@typescript-eslint/unbound-method': 'off',
      curly: ['error', 'all'],
      eqeqeq: 'error'
    }
  },
  {
    files: ['extension/src/**/*.spec.{ts,tsx}', 'extension/src/testing/*.ts'],
    rules: { 'jupyter/no-untranslated-string': 'off' }
  },
  {
    // The page's scripts are loaded as they are: nothing bundles them.
    files: ['notebook_templates/voila/**/*.js', 'server/**/*.js'],
    languageOptions: { globals: globals.browser }
  },
  {
    files: ['*.{js,mjs}', 'extension/style/*.js'],
    languageOptions: { globals: globals.node }
  }
);
