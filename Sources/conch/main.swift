print("conch")
