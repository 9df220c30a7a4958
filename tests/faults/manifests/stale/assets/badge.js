an older build
