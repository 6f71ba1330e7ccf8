/**
 * Keeps the focus in the page: when what had it is gone (a button after its act, a row that was removed), whoever works by
 * keyboard goes on at the content and not at the head of the window. Returns how to end it.
 */
export function keepFocus(content: HTMLElement): () => void {
  let last: EventTarget | null = null
  const note = (event: FocusEvent): void => {
    last = event.target
  }
  const observer = new MutationObserver(() => {
    const gone = last instanceof Element && !last.isConnected
    if (!gone || document.activeElement !== document.body || document.querySelector('dialog[open]')) return
    last = null
    content.focus({ preventScroll: true })
  })
  content.addEventListener('focusin', note)
  observer.observe(content, { childList: true, subtree: true })
  return () => {
    content.removeEventListener('focusin', note)
    observer.disconnect()
  }
}
