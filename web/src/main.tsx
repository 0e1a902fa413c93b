console.log('tare')
