import { afterEach, expect, test } from 'vitest'
import { keepFocus } from '@/shell/focus'

let end: (() => void) | undefined
afterEach(() => {
  end?.()
  document.body.replaceChildren()
})
const soon = (): Promise<void> => new Promise((done) => setTimeout(done))

function page(): { content: HTMLElement; button: HTMLButtonElement } {
  document.body.innerHTML = '<button id="other"></button><main tabindex="-1"><p></p><button id="act"></button></main>'
  const content = document.querySelector('main') as HTMLElement
  end = keepFocus(content)
  return { content, button: content.querySelector('button') as HTMLButtonElement }
}

test('the focus goes to the content when its element is gone', async () => {
  const { content, button } = page()
  button.focus()
  button.remove()
  await soon()
  expect(document.activeElement).toBe(content)
})

test('somebody who is elsewhere already stays there', async () => {
  const { button } = page()
  button.focus()
  document.getElementById('other')?.focus()
  button.remove()
  await soon()
  expect(document.activeElement?.id).toBe('other')
})

test('what was removed without the focus changes nothing', async () => {
  const { content, button } = page()
  button.focus()
  content.querySelector('p')?.remove()
  await soon()
  expect(document.activeElement).toBe(button)
})
