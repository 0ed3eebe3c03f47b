-- At how many rows a list looks first. It is for more if those do not fill the page: what is read in vain is a few times what is asked for.
2 * p_page + 10
