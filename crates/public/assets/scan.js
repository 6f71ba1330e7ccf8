// Scans a certificate's QR code with the camera where the browser can read codes itself. Everything on the page works
// without this script: the other two ways send a photograph or a text, and the server reads it.
(function () {
  'use strict'
  var box = document.getElementById('scan')
  if (!box || !('BarcodeDetector' in window) || !navigator.mediaDevices) return
  var start = document.getElementById('scan-start')
  var stop = document.getElementById('scan-stop')
  var video = document.getElementById('scan-view')
  var told = document.getElementById('scan-told')
  var text = document.getElementById('qr')
  var stream = null

  function end() {
    if (stream) stream.getTracks().forEach(function (track) { track.stop() })
    stream = null
    video.hidden = stop.hidden = true
    start.hidden = false
  }
  function look(detector) {
    if (!stream) return
    detector.detect(video).then(function (codes) {
      var found = codes.map(function (code) { return code.rawValue }).filter(function (value) { return /\/v\/[^/]+$/i.test(value) })[0]
      if (found) {
        end()
        told.textContent = box.getAttribute('data-found')
        text.value = found
        text.form.submit()
        return
      }
      if (codes.length > 0) told.textContent = box.getAttribute('data-other')
      setTimeout(look, 200, detector)
    }, function () { setTimeout(look, 200, detector) })
  }
  function begin(detector) {
    told.textContent = ''
    navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment', width: { ideal: 1280 } } }).then(function (got) {
      stream = got
      video.srcObject = got
      video.hidden = stop.hidden = false
      start.hidden = true
      // Playing may be refused or put off; looking goes on until there is a picture.
      video.play().catch(function () {})
      told.textContent = box.getAttribute('data-looking')
      stop.focus()
      look(detector)
    }).catch(function () {
      end()
      told.textContent = box.getAttribute('data-refused')
    })
  }
  window.BarcodeDetector.getSupportedFormats().then(function (formats) {
    if (formats.indexOf('qr_code') < 0) return
    var detector = new window.BarcodeDetector({ formats: ['qr_code'] })
    start.addEventListener('click', function () { begin(detector) })
    stop.addEventListener('click', end)
    box.hidden = false
  })
  window.addEventListener('pagehide', end)
})()
