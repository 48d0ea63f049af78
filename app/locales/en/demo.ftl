demo-not-empty = This database is in use; demo data goes into an empty one only. Name another data directory (HELUO_DATA_DIR) and try again.
demo-notice-welcome = Welcome to the Heluo demo. People, firms and classes are invented: try whatever you like.
