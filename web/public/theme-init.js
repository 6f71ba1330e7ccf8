// Runs before the first paint, so that the dark interface does not flash. A file of its own: the content security policy
// allows no inline script.
;(function () {
  var saved = null
  try {
    saved = localStorage.getItem('anxu.theme')
  } catch (refused) {
    saved = null
  }
  var dark = saved ? saved === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches
  document.documentElement.classList.toggle('dark', dark)
})()
