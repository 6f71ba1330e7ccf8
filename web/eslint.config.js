import vue from 'eslint-plugin-vue'
import { defineConfig } from 'eslint/config'
import ts from 'typescript-eslint'

const elsewhere = 'Texts for people stand in src/locales/zh-CN.'
const chinese = '/[\\u3400-\\u9fff]/'

export default defineConfig(
  { ignores: ['dist', 'src/components.d.ts', 'src/api/schema.d.ts', 'public', 'node_modules'] },
  ts.configs.strict,
  vue.configs['flat/recommended'],
  { files: ['**/*.vue'], languageOptions: { parserOptions: { parser: ts.parser } } },
  { files: ['scripts/**'], languageOptions: { globals: { console: 'readonly', process: 'readonly', URL: 'readonly', fetch: 'readonly', setTimeout: 'readonly', document: 'readonly' } } },
  {
    rules: {
      'vue/max-attributes-per-line': 'off',
      'vue/singleline-html-element-content-newline': 'off',
      'vue/html-self-closing': 'off',
      'vue/no-v-html': 'error',
      'vue/require-default-prop': 'off',
      'vue/block-order': ['error', { order: ['script', 'template', 'style'] }],
      'vue/define-macros-order': 'error',
    },
  },
  {
    files: ['src/**'],
    ignores: ['src/locales/**'],
    rules: {
      'no-restricted-syntax': [
        'error',
        { selector: `Literal[value=${chinese}]`, message: elsewhere },
        { selector: `TemplateElement[value.raw=${chinese}]`, message: elsewhere },
      ],
      'vue/no-restricted-syntax': [
        'error',
        { selector: `VElement[name!='script'][name!='style'] > VText[value=${chinese}]`, message: elsewhere },
        { selector: `VLiteral[value=${chinese}]`, message: elsewhere },
        { selector: `VExpressionContainer Literal[value=${chinese}]`, message: elsewhere },
        { selector: `VExpressionContainer TemplateElement[value.raw=${chinese}]`, message: elsewhere },
      ],
    },
  },
  {
    // A feature stands on what is shared; two features meet only where the shell puts them together.
    files: ['src/shared/**', 'src/api/**'],
    rules: { 'no-restricted-imports': ['error', { patterns: ['@/features/*', '@/shell/*'] }] },
  },
)
