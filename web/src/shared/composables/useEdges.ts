import { onBeforeUnmount, onMounted, onUpdated, type Ref } from 'vue'

/**
 * For a line that scrolls sideways: says at which edges there is more (`data-more`, which `base.css` fades) and brings
 * what matches `chosen` into sight, without moving the page.
 */
export function useEdges(line: Readonly<Ref<HTMLElement | null | undefined>>, chosen: string): { reveal: () => void } {
  function mark(): void {
    const box = line.value
    if (!box) return
    const start = box.scrollLeft > 1
    const end = box.scrollLeft + box.clientWidth < box.scrollWidth - 1
    const more = [start && 'start', end && 'end'].filter(Boolean).join(' ')
    if (more) box.dataset['more'] = more
    else delete box.dataset['more']
  }
  function reveal(): void {
    const box = line.value
    const one = box?.querySelector<HTMLElement>(chosen)
    if (box && one) {
      const away = one.getBoundingClientRect().left - box.getBoundingClientRect().left + box.scrollLeft
      box.scrollLeft = away - (box.clientWidth - one.offsetWidth) / 2
    }
    mark()
  }
  const sized = new ResizeObserver(reveal)
  onMounted(() => {
    if (!line.value) return
    sized.observe(line.value)
    line.value.addEventListener('scroll', mark, { passive: true })
  })
  onUpdated(reveal)
  onBeforeUnmount(() => {
    sized.disconnect()
    line.value?.removeEventListener('scroll', mark)
  })
  return { reveal }
}
