print("qkd-run")
