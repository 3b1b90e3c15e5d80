import script from '@mermaid-js/tiny/dist/mermaid.tiny.js?url'
import { useData } from 'vitepress'
import { h, onMounted, onUnmounted, ref, watch } from 'vue'

let loading

// The package is a classic script that defines the global `mermaid`.
function loadMermaid() {
  loading ??= new Promise((resolve, reject) => {
    const element = Object.assign(document.createElement('script'), { src: script })
    element.onload = () => resolve(globalThis.mermaid)
    element.onerror = () => reject(new Error(`Cannot load ${script}`))
    document.head.append(element)
  })
  return loading
}

let count = 0

// On a narrow screen, actors are closer together and their messages wrap, so that the text is not scaled down.
const narrowScreen = '(max-width: 640px)'
const sequence = { wrap: true, wrapPadding: 4, diagramMarginX: 0, mirrorActors: false }
const narrow = { ...sequence, width: 104, actorMargin: 14, messageFontSize: 14, actorFontSize: 14 }

/** Draws a Mermaid diagram in the colors of the page. Without JavaScript, it shows the source. */
export default {
  props: { source: { type: String, required: true } },
  setup({ source }) {
    const { isDark } = useData()
    const drawn = ref()
    async function draw() {
      const mermaid = await loadMermaid()
      const theme = isDark.value ? 'dark' : 'neutral'
      // Labels are SVG text: the styles of the page would change the height of HTML.
      mermaid.initialize({
        startOnLoad: false,
        theme,
        themeVariables: isDark.value ? { clusterBkg: '#202127', clusterBorder: '#515c67' } : {},
        fontFamily: 'inherit',
        htmlLabels: false,
        sequence: matchMedia(narrowScreen).matches ? narrow : sequence,
      })
      count += 1
      const { svg } = await mermaid.render(`diagram-${count}`, source)
      drawn.value = { theme, svg }
    }
    onMounted(() => {
      draw()
      matchMedia(narrowScreen).addEventListener('change', draw)
    })
    onUnmounted(() => matchMedia(narrowScreen).removeEventListener('change', draw))
    watch(isDark, draw)
    return () => {
      if (drawn.value === undefined) return h('pre', { class: 'mermaid-source' }, source)
      const { theme, svg } = drawn.value
      return h('div', { class: 'mermaid-diagram', 'data-theme': theme, innerHTML: svg })
    }
  },
}
